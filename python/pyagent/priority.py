"""How urgently a job may use the machine."""

from __future__ import annotations

import enum
import os
import sys


class AgentPriority(enum.StrEnum):
    """The urgency of a job, and with it the niceness of the processes that the job starts.

    `low` leaves the machine to others (nice +10), `standard` changes nothing, `high` and
    `critical` ask for more than their share (nice -5 and -10). Asking for more needs a privilege
    (root, or `CAP_SYS_NICE` on Linux); without it the processes run as `standard`.
    """

    LOW = "low"
    STANDARD = "standard"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def niceness(self) -> int:
        """What is added to the niceness of this process for the processes of the job."""
        return _NICENESS[self]

    def apply(self, group: int) -> int | None:
        """Give every process of a process group the niceness of this priority.

        Args:
            group: The id of the process group, as of `os.getpgid`.

        Returns:
            The niceness that was set, or `None` where nothing changed: the priority is
            `standard`, the system denied it, or the group has already ended.
        """
        if sys.platform == "win32" or not self.niceness:
            return None
        wanted = min(os.getpriority(os.PRIO_PROCESS, 0) + self.niceness, 19)
        try:
            os.setpriority(os.PRIO_PGRP, group, wanted)
        except (PermissionError, ProcessLookupError) as error:
            # Imported here: logging alone would double the cost of importing this module.
            import logging  # noqa: PLC0415

            logging.getLogger("pyagent.priority").debug(
                "priority %s not applied to process group %d: %s", self.value, group, error
            )
            return None
        return wanted


_NICENESS = {
    AgentPriority.LOW: 10,
    AgentPriority.STANDARD: 0,
    AgentPriority.HIGH: -5,
    AgentPriority.CRITICAL: -10,
}
