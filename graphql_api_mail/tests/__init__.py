from . import test_activities, test_exposed, test_messages, test_posting
