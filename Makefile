# Both targets set everything up first: virtual environment, exact versions, Qt's system libraries.
# The first Python that runs is taken; 3.11 leads because it is the one that we test with.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	if $$p -c '' 2>/dev/null; then echo $$p; break; fi; done)

.PHONY: run test

run test:
	@test -n "$(PYTHON)" || { echo "Residua needs Python 3.11, 3.12 or 3.13, and none was found."; exit 1; }
	@"$(PYTHON)" installer/bootstrap.py $@
