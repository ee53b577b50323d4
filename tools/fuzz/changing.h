/* SPDX-License-Identifier: GPL-2.0 */
/* Lets the fuzzer change a page between the loads of the encoder, as another CPU may do */
#ifndef _FUZZ_CHANGING_H_
#define _FUZZ_CHANGING_H_

void fuzz_loaded(void);

#define OPTIMIZER_HIDE_VAR(v) ({ __asm__("" : "=r" (v) : "0" (v)); fuzz_loaded(); })

#endif
