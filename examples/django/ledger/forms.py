from django import forms

from ledger.models import Entry, Report


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["date", "description", "amount"]
        widgets = {"date": forms.DateInput(attrs={"type": "date"})}


class ReportForm(forms.ModelForm):
    class Meta:
        model = Report
        fields = ["year"]
