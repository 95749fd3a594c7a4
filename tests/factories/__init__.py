"""One row of each kind, as small as it can be and still be true."""

from tests.factories.accounts import *  # noqa: F403 -- re-exported
from tests.factories.applications import *  # noqa: F403 -- re-exported
from tests.factories.institutions import *  # noqa: F403 -- re-exported
from tests.factories.yearly import *  # noqa: F403 -- re-exported
