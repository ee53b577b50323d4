/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ZRAM_FUZZ_H
#define ZRAM_FUZZ_H

/* The states of a device that attributes tell apart */
enum state { NEW, ATTACHED, SET_UP, BOTH, NR_STATES };

/* What is returned by all that takes a device somewhere */
extern int answer;

void device_attach(struct zram *zram);
void device_set_up(struct zram *zram, u64 disksize);

#endif
