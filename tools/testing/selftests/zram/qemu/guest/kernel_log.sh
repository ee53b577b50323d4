#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel complained about since the session began, one failed case
# for each complaint.
dmesg | awk -f /guest/kernel_log.awk
