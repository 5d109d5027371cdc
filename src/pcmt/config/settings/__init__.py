"""Django settings, one small file per concern. Everything an operator may change is an environment variable `PCMT_*`.

The variables and their meaning stand in `docs/dev/settings.md`.
"""

from .rooms import *  # noqa: F403
from .data import *  # noqa: F403
from .database import *  # noqa: F403
from .security import *  # noqa: F403
from .accounts import *  # noqa: F403
from .mail import *  # noqa: F403
from .pages import *  # noqa: F403
from .language import *  # noqa: F403
from .uploads import *  # noqa: F403
from .background import *  # noqa: F403
from .reminding import *  # noqa: F403
from .logs import *  # noqa: F403
from .registers import *  # noqa: F403
from .tips import *  # noqa: F403
from .audit import *  # noqa: F403
