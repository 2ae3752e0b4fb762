from . import test_addresses, test_quotations
