/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ZRAM_SPILL_GATE_H_
#define _ZRAM_SPILL_GATE_H_

#include <linux/spinlock.h>
#include <linux/types.h>

/* Interval until a writer tries a device that fails again, seconds; doubles each time */
#define ZRAM_SPILL_BACKOFF	1U
#define ZRAM_SPILL_BACKOFF_MAX	300U

/**
 * enum zram_spill_pass - the gate's answer to a writer
 * @ZRAM_SPILL_REFUSED: the device has failed, and either the interval is not over or another
 *	writer tries the device
 * @ZRAM_SPILL_ADMITTED: the device is not known to fail
 * @ZRAM_SPILL_TRIAL: the device has failed, and this writer tries it. Until it has, the
 *	gate admits no other writer
 */
enum zram_spill_pass {
	ZRAM_SPILL_REFUSED,
	ZRAM_SPILL_ADMITTED,
	ZRAM_SPILL_TRIAL,
};

/**
 * struct zram_spill_gate - keeps writers away from a device that fails
 * @lock: guards the other fields
 * @backoff: seconds between the last failure and the next trial; 0: the device works
 * @retry: no trial before this, jiffies of 64 bits
 * @trial: a writer is trying the device
 * @error: error of the last failure; 0: none
 */
struct zram_spill_gate {
	spinlock_t lock;	/* see above */
	unsigned int backoff;	/* lock; A */
	u64 retry;		/* lock */
	bool trial;		/* lock */
	int error;		/* lock; A */
};

void zram_spill_gate_init(struct zram_spill_gate *gate);
bool zram_spill_gate_is_open(const struct zram_spill_gate *gate);
enum zram_spill_pass zram_spill_gate_enter(struct zram_spill_gate *gate, u64 now);
void zram_spill_gate_works(struct zram_spill_gate *gate);
void zram_spill_gate_fails(struct zram_spill_gate *gate,
			   enum zram_spill_pass pass, int err, u64 now);
void zram_spill_gate_leave(struct zram_spill_gate *gate,
			   enum zram_spill_pass pass);

#endif
