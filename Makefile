# SPDX-License-Identifier: GPL-2.0
#
# Everything the project does, by one word each. `make` shows them.

LANE ?= distro
export LANE KSRC KDIR REFRESH SLOW

kernel  := tools/kernel
qemu    := tools/testing/selftests/zram/qemu
run      = $(qemu)/run.sh --lane $(LANE)

.PHONY: help setup modules demo check thirdparty torture fuzz coverage bench shell lint overlay series \
	arch check-arch conformance dkms dkms-check dist dist-check nightly modules_install clean

help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

#: zram: a compressed RAM block device that tiers its cold pages to disk
#:
#:   make demo      show what it does, in a virtual machine, beside the
#:                  distribution's own zram
#:   make check     build, boot, run all tests but slow ones, which it names; SLOW=1
#:                  runs those, too; TESTS="name ..." runs some, slow or not,
#:                  BUT="name ..." all others; LOGS= is where the logs go,
#:                  APPEND=zram.NAME=VALUE a module parameter; GUESTS=1 runs
#:                  all tests in one machine and not half of them in each of two
#:   make thirdparty   programs of others that verify memory, files and disks, from
#:                  Debian's packages, on zram: stress-ng, stressapptest, fio
#:   make torture   everything at once, at random, with faults injected, on the
#:                  lane mainline-debug; MINUTES=20 SEED=
#:   make fuzz      random input for the parsers of attributes, for lzpage, and for
#:                  reads of packed objects; MINUTES=10 each
#:   make coverage  which lines and branches of the driver the tests reach
#:   make modules   build zram.ko: build/LANE/zram.ko; where the kernel is built
#:                  too, its image, peer/zram.ko (its own zram) and kernelrelease
#:                  lie beside it
#:   make bench     measure it against the lane's own zram
#:   make shell     a shell in the virtual machine
#:   make lint      all static checks
#:   make setup     install what the above need (they do so themselves)
#:   make overlay KSRC=/path   copy the driver into a kernel source tree
#:   make series KSRC=/path    make patches against a kernel source tree, those to
#:                  mm in mm/; without KSRC against the newest, applied and built
#:                  one by one
#:   make arch      compile the driver for i386, arm64, s390x, User Mode Linux
#:   make check-arch   make check on i386, on s390x (big endian) and on arm64 with pages
#:                  of 64 KiB, emulated
#:   make conformance  compare each answer with that of the kernel's own zram
#:   make dkms      a Debian package of the module's sources, for dkms; make
#:                  dkms-check builds from it and tries the result
#:   make dist      a release in build/dist: source archive, package for dkms, series,
#:                  checksums; make dist-check makes it twice and compares
#:   make nightly   what takes too long for .ci/run: all tests on distro, mainline,
#:                  mainline-debug, lts, rt, previous, uml, with KCSAN and
#:                  PREEMPT_RT, on other processors; swap by bios; each patch of
#:                  the series, dkms, twenty minutes of torture and of fuzz.
#:                  STAGES="lts uml" does some of it
#:   make modules_install      zram.ko into /lib/modules, before the kernel's own
#:   make clean     remove build/ (kernels in ~/.cache/zram-overlay stay)
#:
#: LANE=distro (default), lts, rt: the distribution's kernels; mainline,
#: mainline-debug: the newest kernel, built from its source package; previous: the
#: one before it; uml: the newest as a program of this machine, at its own speed;
#: uml-noswap: the same without swap;
#: i386, s390x, arm64-64k: the newest for other processors.
#: KDIR=/path names other kernel headers, KSRC=/path another kernel source.
#: MM_PATCHES=n: without the patches to mm, which kernels built from source get.

setup:
	@$(kernel)/setup build run bench lint fuzz
	@$(qemu)/packages.sh

modules:
	@$(kernel)/build $(LANE)

demo: modules
	@$(kernel)/setup run
	@tools/bench/demo $(LANE)

check: modules
	@$(if $(TESTS)$(BUT),$(run),$(qemu)/all.sh --lane $(LANE)) \
		$(if $(LOGS),--out "$(LOGS)") $(if $(APPEND),--append "$(APPEND)") \
		$(if $(TESTS),--tests "$(TESTS)",$(if $(BUT),--but "$(BUT)"))

thirdparty: modules
	@$(kernel)/setup fetch
	@$(qemu)/thirdparty.sh --lane $(LANE) --out build/$(LANE)/thirdparty

torture: LANE := $(if $(filter file,$(origin LANE)),mainline-debug,$(LANE))
torture: modules
	@$(run) --mem 2048 --disk virtio:512M --disk nvme:512M --tests torture \
		--out build/$(LANE)/torture \
		$(if $(MINUTES),--minutes "$(MINUTES)") $(if $(SEED),--seed "$(SEED)")

fuzz:
	@$(kernel)/setup build fuzz fetch
	@tools/fuzz/run
	@tools/fuzz/run-lzpage
	@tools/fuzz/run-packed

coverage:
	@tools/coverage/run

bench: modules
	@$(kernel)/setup bench
	@tools/bench/bench --lane $(LANE)

shell: modules
	@$(run) --shell

lint:
	@tools/lint/run

overlay:
	@$(kernel)/overlay "$(KSRC)"

series:
	@$(kernel)/setup series
	@$(if $(KSRC),tools/series/series "$(KSRC)",tools/series/check)

arch:
	@$(kernel)/build-arch

check-arch:
	@status=0; for lane in i386 s390x arm64-64k; do \
		$(MAKE) -s LANE=$$lane check || status=1; \
	done; exit $$status

conformance:
	@LANE=mainline $(kernel)/build mainline
	@$(kernel)/setup run
	@tools/conformance/run

dkms:
	@tools/dkms/deb

dkms-check:
	@tools/dkms/check

dist:
	@tools/dist/dist

dist-check:
	@tools/dist/check

nightly:
	@.ci/nightly $(STAGES)

modules_install: modules
	@$(kernel)/install $(LANE)

clean:
	rm -rf build
