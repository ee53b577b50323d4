# SPDX-License-Identifier: GPL-2.0
KCSAN_SANITIZE := y
