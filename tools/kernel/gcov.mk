# SPDX-License-Identifier: GPL-2.0
GCOV_PROFILE := y
