// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints are made here. The rest of the driver includes no more than their
 * declarations.
 */

#include "zram.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
