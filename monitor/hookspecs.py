"""The plugin manual. A plugin is a module with this one hook, named by an entry point in group `monitor`:

[project.entry-points.monitor]
uptime = "monitor_uptime"
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pluggy

from monitor.probe import Probe

#: The entry point group, and pluggy's project name.
PROJECT = "monitor"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def monitor_probes(config: Mapping[str, Any]) -> Sequence[Probe]:  # type: ignore[empty-body]  # a spec has no body
    """Return the probes of this plugin, as a list; called once when the server starts.

    `config` is the table `[probes.<entry point name>]` of the configuration file, empty where there is none;
    an implementation that needs none leaves the argument out. Raise ValueError for a value that is wrong, with
    a message that names the key and what would be right: the plugin is then left out, and the message is
    shown in the log and in `/api/probes`.
    """
