# Read by gunicorn from its working directory, which is the release.
import os

wsgi_app = "config.wsgi"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gevent"
workers = int(os.environ.get("WEB_WORKERS", "2"))
graceful_timeout = 20
# The release is read-only and belongs to another user.
worker_tmp_dir = "/dev/shm"
accesslog = "-"
# supervisord speaks to the process itself; the socket would need a home directory that the service's user may not have.
control_socket_disable = True
