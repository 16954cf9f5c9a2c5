"""Who may read what is served, as the settings have it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from monitor.doctor.finding import Finding

CHECK: Final = "exposure"


@dataclass(frozen=True, slots=True)
class Access:
    """The settings that say who may come; each as it is called there.

    authenticated  somebody has to say who he is: tokens, JSON Web Tokens, or a user that a proxy names
    encrypted      the server speaks TLS itself
    unlimited      the names of the limits that are off
    """

    host: str
    allowed_host: Sequence[str] = ()
    trusted_proxy: Sequence[str] = ()
    proxy_user_header: str = ""
    allow_anonymous: bool = False
    authenticated: bool = False
    encrypted: bool = False
    unlimited: Sequence[str] = ()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def closed(access: Access) -> Iterator[Finding]:
    """Look at who may read."""
    yield from _proxies(access)
    if is_loopback(access.host):
        who = "with a token" if access.authenticated else "no other machine"
        yield Finding.ok(
            CHECK, f"{access.host} is reached from this machine alone, {who}, and through what forwards to it"
        )
        return
    if not access.authenticated and not access.allow_anonymous:
        yield Finding.problem(
            CHECK,
            f"{access.host} is reached from other machines, and nobody is asked who he is: no server starts so",
            "monitor token new --name NAME --scope read; or host = 127.0.0.1 and a proxy; or allow_anonymous",
        )
    elif not access.authenticated:
        yield Finding.warning(
            CHECK,
            f"everybody who reaches {access.host} reads the numbers (allow_anonymous)",
            "monitor token new --name NAME --scope read, and take allow_anonymous out; or a firewall",
        )
    else:
        yield Finding.ok(CHECK, f"{access.host} is reached from other machines, and asks who is there")
    if access.authenticated and not access.encrypted and not access.trusted_proxy:
        yield Finding.warning(
            CHECK,
            "tokens go over the network as they are: no TLS, and no proxy that has it",
            "set tls_certificate and tls_key, or put a proxy in front and name it as trusted_proxy",
        )
    if _is_everywhere(access.host) and not access.allowed_host:
        yield Finding.warning(
            CHECK,
            "it listens on all addresses and answers to localhost alone: others get 421",
            "name what clients call this machine: --allowed-host NAME",
        )
    if access.unlimited:
        yield Finding.warning(
            CHECK,
            f"one address may take all there is: {', '.join(access.unlimited)} = 0",
            "take that out of the settings",
        )


def _proxies(access: Access) -> Iterator[Finding]:
    if access.proxy_user_header and not access.trusted_proxy:
        yield Finding.problem(
            CHECK,
            f"proxy_user_header = {access.proxy_user_header}, and no proxy is trusted: nobody gets in by it",
            "name the proxy's address as trusted_proxy",
        )
    for each in access.trusted_proxy:
        network = ip_network(each)
        if network.prefixlen <= (8 if network.version == 4 else 32) and not network.is_loopback:
            state = Finding.problem if access.proxy_user_header or network.prefixlen == 0 else Finding.warning
            yield state(
                CHECK,
                f"trusted_proxy = {each}: whoever is in it says who he is and whence he comes, and is believed",
                "name the address of the proxy alone",
            )


def _is_everywhere(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
