# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # those that source it use them
#
# Which test .ci/run runs on which lane. Each runs on one lane at least, which the check
# "stages" of make lint sees to, and most on two. nightly runs all on each lane, these
# four and others. Names are as those of TESTS= of make check. Sourced.
#
# What is dear is not repeated. A test runs
#  - on mainline-debug, which sees most of what goes wrong, if it injects faults, races, or
#    corrupts the backing device. On that kernel all tests would take hours. Not
#    life_leak, which measures memory: it takes six times as long there, and memory_leaks
#    looks for leaks at the end of each of its guests;
#  - on mainline, if it is about swap, or about the kernel's state;
#  - on lts and on distro, if kernels differ in what it uses. What takes less than ten
#    seconds on distro runs there in any case;
#  - on distro only, if it mostly waits for the clock and its subject is no part of the
#    kernel but the driver, or a program.

# mainline-debug, in two parts
writeback="wb_race wb_packed wb_reuse wb_readerr wb_errors wb_corrupt wb_signal wb_cancel \
fault_write fault_writeback recomp_race swap_notify kc_limit race_discard race_reinit \
data_parallel"
life="kunit life_busy life_cycle life_hotplug life_module race_attr attr_state attr_backing \
attr_writeback attr_random block_state trace kc_race kc_fault swap_ops swap_life"

# lts: the kernels in between
short="attr_disksize attr_params data_comp data_parallel race_discard swap_lru wb_race \
wb_packed test_recomp.sh recomp_race attr_recomp life_hotplug"

# Not on mainline: what mainline-debug runs, and what distro is enough for
not_mainline="$writeback $life client_setup client_tier client_timer client_udev \
tier_attr tier_budget tier_capacity tier_discard tier_errors tier_latency tier_life \
tier_move tier_quiet tier_recomp tier_sparse test_tier_spill.sh tier_spill_fail tier_stall \
tier_tasks"

# Not on distro: what takes long there, and lts and a newer one run, or mainline-debug,
# or mainline
not_distro="attr_params attr_recomp data_comp life_hotplug test_recomp.sh recomp_race \
swap_lru wb_packed wb_race \
attr_random kc_race race_attr race_reinit wb_cancel wb_corrupt wb_reuse wb_signal \
fault_swap kc_data kc_freeze kc_swap life_stall stat_race swap_full tier_corrupt tier_oom \
tier_sleep tier_swap tier_window wb_dying wb_readahead wb_sparse wb_stall"
