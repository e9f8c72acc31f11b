"""Runs an engine or a recording and tells any number of clients about it.

```
 engine process ── pipe ──> session ──> hub ──> one mailbox per client ──> websocket
        ▲                      │
        └───── commands ───────┘ <── websocket, POST /api/commands
```
"""
