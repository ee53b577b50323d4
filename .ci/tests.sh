# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # those that source it use them
#
# Tests for each lane of .ci/run. Each test runs on at least one lane, which the check "stages"
# of make lint verifies, and most run on two. nightly runs all on most lanes, these
# and others. Names are as those of TESTS= of make check. Sourced.
#
# Long tests are not repeated:
#  - mainline-debug, which detects most bugs, runs most of the tests that inject faults, race,
#    or corrupt the backing device. On that kernel all tests would take hours. It does not run
#    life_leak, which measures memory: it takes six times as long there, and memory_leaks
#    looks for leaks at the end of each of its guests.
#  - mainline runs most of the tests about swap or about the kernel's state.
#  - lts runs tests that use parts of the kernel which differ between kernels.
#  - distro runs all tests that take less than ten seconds there. It alone runs tests that
#    mostly wait for the clock and whose subject is the driver, or a program, and no part of
#    the kernel.

# mainline-debug, in two parts
writeback="wb_race wb_packed wb_reuse wb_readerr wb_errors wb_corrupt wb_cancel \
fault_write fault_writeback recomp_race swap_notify kc_limit race_discard race_reinit \
data_parallel"
life="kunit life_busy life_cycle life_module race_attr attr_state attr_backing \
attr_writeback attr_random block_state trace kc_race kc_fault swap_ops swap_life"

# lts: the kernel between distro and mainline
short="attr_disksize attr_params data_comp data_parallel race_discard swap_lru wb_race \
wb_packed test_recomp.sh recomp_race attr_recomp life_hotplug"

# Not on mainline: tests that mainline-debug runs, tests for which distro is enough, and
# tests of what the kernel of mainline lacks (tier_throttle, wb_cgroup)
not_mainline="$writeback $life life_hotplug client_setup client_tier client_timer client_udev \
tier_attr tier_beside tier_budget tier_capacity tier_discard tier_errors tier_latency tier_life \
tier_move tier_quiet tier_recomp tier_retry tier_sparse test_tier_spill.sh tier_spill_fail \
tier_stall tier_tasks tier_throttle wb_cgroup"

# Not on distro: long tests that lts and a newer lane, mainline-debug or mainline run
not_distro="attr_params attr_recomp data_comp life_hotplug test_recomp.sh recomp_race \
swap_lru tier_awake wb_packed wb_race \
attr_random kc_race race_attr race_reinit wb_cancel wb_corrupt wb_reuse wb_signal \
fault_swap kc_data kc_freeze kc_swap life_stall stat_race swap_full tier_corrupt tier_oom \
tier_sleep tier_swap tier_window wb_dying wb_readahead wb_sparse wb_stall"
