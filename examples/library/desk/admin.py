from django.contrib import admin

from desk.models import Loan


@admin.register(Loan)
class LoanAdmin(admin.ModelAdmin):
    list_display = ["book", "reader", "lent_on", "due_on", "returned_on"]
    list_filter = ["returned_on"]
    date_hierarchy = "lent_on"
    autocomplete_fields = ["book", "reader"]
