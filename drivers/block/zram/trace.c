// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints are made here, so that what they include stays out of the rest.
 */

#define CREATE_TRACE_POINTS
#include "trace.h"
