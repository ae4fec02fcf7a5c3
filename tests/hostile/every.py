"""Every scenario of the hostile lab."""

from tests.hostile.access import ACCESS
from tests.hostile.dialogue import DIALOGUE
from tests.hostile.healthy import HEALTHY
from tests.hostile.lookups import LOOKUPS
from tests.hostile.odd_certificates import ODD_CERTIFICATES
from tests.hostile.others import OTHERS
from tests.hostile.policies import POLICIES
from tests.hostile.transport import TRANSPORT
from tests.hostile.zones import ZONES

EVERY = [*DIALOGUE, *OTHERS, *ACCESS, *TRANSPORT, *ODD_CERTIFICATES, *POLICIES, *ZONES, *LOOKUPS, *HEALTHY]
