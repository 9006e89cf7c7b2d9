from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import ListView

from readers.forms import ReviewForm
from readers.models import Reader, Review


class ReaderList(ListView):
    queryset = Reader.objects.annotate(
        loan_count=Count("loans", distinct=True), review_count=Count("reviews", distinct=True)
    ).order_by("name")


def profile(request, pk):
    reader = get_object_or_404(Reader, pk=pk)
    form = ReviewForm(request.POST or None, instance=Review(reader=reader))
    if request.method == "POST" and form.is_valid():
        review = form.save()
        messages.success(request, f"Thank you. Your review of {review.book} is on the shelf.")
        return redirect(reader)
    context = {
        "reader": reader,
        "form": form,
        "loans": reader.loans.select_related("book"),
        "reviews": reader.reviews.select_related("book"),
    }
    return render(request, "readers/profile.html", context)
