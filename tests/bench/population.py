"""A population of clients, and one server's turn under it."""

from dataclasses import dataclass

from monitor import files
from monitor.load.crowd import CannotLoad
from monitor.load.load import Load, Plan
from monitor.load.report import Report
from monitor.load.target import Target
from tests.bench.processes import CannotMeasure, Process, cpu_ns, rss_bytes


@dataclass(frozen=True, slots=True)
class Population:
    """clients: the stuck ones included; queries: of the URL, dealt to the clients in turn, none for no query."""

    clients: int
    stuck: int = 0
    queries: tuple[str, ...] = ()

    def plan(self, port: int) -> Plan:
        """Return the plan to load the server of that port. Raises CannotMeasure where it cannot hold so many."""
        most = files.most_connections()
        if self.clients > most:
            raise CannotMeasure(f"the hard limit of open files leaves a server {most} connections")
        return Plan(Target.of(f"ws://127.0.0.1:{port}/api/ws/metrics").asking(self.queries), self.clients, self.stuck)

    def __str__(self) -> str:
        return f"{self.clients:,} clients" + (f", {self.stuck:,} of them stuck" if self.stuck else "")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one server.

    cost    CPU us a frame that reached a client
    memory  bytes of resident memory a client
    report  what the clients saw
    """

    cost: float
    memory: float
    report: Report


def turn(process: Process, port: int, population: Population, seconds: int) -> Turn:
    """Measure a server that has just been started, for a whole number of frames. Raises CannotMeasure."""
    memory = rss_bytes(process.pid)
    try:
        with Load(population.plan(port)) as load:
            load.begin(seconds)
            cpu = cpu_ns(process.pid)
            memory = rss_bytes(process.pid) - memory
            report = load.finish()
            cpu = cpu_ns(process.pid) - cpu
    except CannotLoad as error:
        raise CannotMeasure(str(error)) from error
    return Turn(cost=cpu / 1000 / max(1, report.frames), memory=memory / population.clients, report=report)
