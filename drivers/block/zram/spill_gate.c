// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps writers away from a backing device that fails.
 *
 * A disk may take half a minute to fail a write. Reclaim would wait that long for each of
 * its pages. So after a failure the gate refuses writers at once, for an interval that
 * doubles with each failure. Then it lets one writer try the device.
 */

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "spill_gate.h"

/**
 * zram_spill_gate_init() - begin with a device that works
 * @gate: the gate, zeroed
 */
void zram_spill_gate_init(struct zram_spill_gate *gate)
{
	spin_lock_init(&gate->lock);
}

/**
 * zram_spill_gate_is_open() - does the device work, as far as the gate knows?
 * @gate: the gate
 *
 * Context: Any. The answer may be wrong a moment later.
 * Return: false if a write has failed and none has succeeded since.
 */
bool zram_spill_gate_is_open(const struct zram_spill_gate *gate)
{
	return !READ_ONCE(gate->backoff);
}

/**
 * zram_spill_gate_enter() - may this writer use the device?
 * @gate: the gate
 * @now: jiffies of 64 bits
 *
 * Context: Any but interrupts.
 * Return: %ZRAM_SPILL_REFUSED if not. Otherwise the caller calls zram_spill_gate_works(),
 *	zram_spill_gate_fails() or zram_spill_gate_leave() at its end.
 */
enum zram_spill_pass zram_spill_gate_enter(struct zram_spill_gate *gate, u64 now)
{
	enum zram_spill_pass pass = ZRAM_SPILL_ADMITTED;

	spin_lock(&gate->lock);
	if (gate->backoff) {
		pass = ZRAM_SPILL_REFUSED;
		if (!gate->trial && now >= gate->retry) {
			gate->trial = true;
			pass = ZRAM_SPILL_TRIAL;
		}
	}
	spin_unlock(&gate->lock);
	return pass;
}

/**
 * zram_spill_gate_works() - a writer has written its page
 * @gate: the gate
 *
 * Context: Any but interrupts.
 */
void zram_spill_gate_works(struct zram_spill_gate *gate)
{
	spin_lock(&gate->lock);
	WRITE_ONCE(gate->backoff, 0);
	gate->trial = false;
	spin_unlock(&gate->lock);
}

/**
 * zram_spill_gate_fails() - a writer could not write its page
 * @gate: the gate
 * @pass: from zram_spill_gate_enter()
 * @err: the error of the device
 * @now: jiffies of 64 bits
 *
 * Writes that are in flight when a device begins to fail count as one failure.
 *
 * Context: Any but interrupts.
 */
void zram_spill_gate_fails(struct zram_spill_gate *gate,
			   enum zram_spill_pass pass, int err, u64 now)
{
	unsigned int backoff;

	spin_lock(&gate->lock);
	if (pass == ZRAM_SPILL_TRIAL || !gate->backoff) {
		backoff = clamp(gate->backoff * 2, ZRAM_SPILL_BACKOFF,
				ZRAM_SPILL_BACKOFF_MAX);
		WRITE_ONCE(gate->backoff, backoff);
		WRITE_ONCE(gate->error, err);
		gate->retry = now + (u64)backoff * HZ;
	}
	if (pass == ZRAM_SPILL_TRIAL)
		gate->trial = false;
	spin_unlock(&gate->lock);
}

/**
 * zram_spill_gate_leave() - a writer ends without knowing whether the device works
 * @gate: the gate
 * @pass: from zram_spill_gate_enter()
 *
 * Context: Any but interrupts.
 */
void zram_spill_gate_leave(struct zram_spill_gate *gate,
			   enum zram_spill_pass pass)
{
	spin_lock(&gate->lock);
	if (pass == ZRAM_SPILL_TRIAL)
		gate->trial = false;
	spin_unlock(&gate->lock);
}
