"""What the handlers share, by typed key."""

from aiohttp import web

from monitor.history import History
from monitor.hub import Hub
from monitor.machine import Machine
from monitor.registry import Registry
from monitor.reload import Reload
from monitor.sampler import Sampler

REGISTRY = web.AppKey("registry", Registry)
SAMPLER = web.AppKey("sampler", Sampler)
HISTORY = web.AppKey("history", History)
HUB = web.AppKey("hub", Hub)
MACHINE = web.AppKey("machine", Machine)
VERSION = web.AppKey("version", str)
BASE_PATH = web.AppKey("base_path", str)
RELOAD = web.AppKey("reload", Reload)
