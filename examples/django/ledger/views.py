from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ledger.forms import EntryForm, ReportForm
from ledger.models import Entry, Report


def entries(request):
    """The ledger, and a form that adds a line to it."""
    form = EntryForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("entries")
    context = {
        "form": form,
        "entries": Entry.objects.all()[:100],
        "balance": Entry.balance(),
        "reports": Report.objects.all()[:10],
    }
    return render(request, "ledger/entries.html", context)


@require_POST
def order_report(request):
    """Puts a report into the queue; the worker writes it."""
    form = ReportForm(request.POST)
    if form.is_valid():
        form.save()
    return redirect("entries")
