from django.urls import path

from config.health import healthz
from ledger import views

urlpatterns = [
    path("", views.entries, name="entries"),
    path("reports/", views.order_report, name="order-report"),
    path("healthz", healthz),
]
