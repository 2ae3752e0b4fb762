# Run `make help`. Everything is done by tools/, in Python.

PYTHON ?= python3
LOGIN ?= admin
export PORT DB LOGIN ODOO_HOME GRANIAN

.DEFAULT_GOAL := help
.PHONY: help run cluster docs assets dist translations check test screenshots bench load key lint format stop clean

help:
	@echo 'make run               Odoo with demo data (PORT=8069, DB=demo): http://127.0.0.1:8069'
	@echo 'make cluster           two Odoo servers behind nginx, with a PostgreSQL primary and a replica'
	@echo '                       (GRANIAN=1 serves the API under granian)'
	@echo 'make check             what to run before a commit: lint, and the tests that take seconds'
	@echo 'make test              the whole test suite (ARGS="-k filters" goes to pytest)'
	@echo 'make screenshots       take the pictures in docs/images again'
	@echo 'make docs              the pages of docs/ as a site, with search (PORT=8000)'
	@echo 'make bench             measure against other ways to read (ARGS="--help" tells the options)'
	@echo 'make load              how many phones the cluster serves, with 1, 2 and 4 workers (ARGS="--help")'
	@echo 'make key               print a new API key of a user (LOGIN=admin, DB=demo)'
	@echo 'make assets            fetch GraphiQL and Swagger UI into the addon; run and test do, too'
	@echo 'make dist              make a wheel and a zip file of the addon in dist/'
	@echo 'make translations      write the texts to translate, of all addons, into their i18n/'
	@echo 'make lint              check style and types; make format corrects the style'
	@echo 'make stop              stop the PostgreSQL server that the commands started'
	@echo 'make clean             remove all state: .dev/ with its databases'

run:
	@$(PYTHON) -m tools run

check test:
	@$(PYTHON) -m tools $@ -- $(ARGS)

screenshots:
	@$(PYTHON) -m tools test -- --screenshots=docs/images graphql_api/tests/*/test_browser_*.py
	@cp $(addprefix docs/images/, graphiql.png swagger-ui.png resource.png policy.png keys.png) \
	  graphql_api/static/description/

bench:
	@$(PYTHON) -m tools bench -- $(ARGS)

load:
	@$(PYTHON) -m tools load -- $(ARGS)

key:
	@$(PYTHON) -m tools key -- "$$LOGIN"

cluster docs assets dist translations lint format stop clean:
	@$(PYTHON) -m tools $@
