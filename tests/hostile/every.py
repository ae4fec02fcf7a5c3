"""Every scenario of the hostile lab."""

from tests.hostile.dialogue import DIALOGUE
from tests.hostile.healthy import HEALTHY
from tests.hostile.policies import POLICIES
from tests.hostile.transport import TRANSPORT
from tests.hostile.zones import ZONES

EVERY = [*DIALOGUE, *TRANSPORT, *POLICIES, *ZONES, *HEALTHY]
