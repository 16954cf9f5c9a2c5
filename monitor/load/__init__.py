"""The load: many WebSocket clients, in several processes, of a monitor on this machine. `monitor bench` is its command.

It needs nothing of the server but its wire, and shares no code with it: what it finds is what any client would.
"""
