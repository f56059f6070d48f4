"""What `dramatiq scout_workers.worker` imports, in each of its worker processes."""

from scout_workers import settings
from scout_workers.app.working import working_app

app = working_app(settings.load())
broker = app.broker
