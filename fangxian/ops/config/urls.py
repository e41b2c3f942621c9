"""Every address of ops. The rooms have none of their own: pages and api are the only edges."""

from django.urls import include, path

urlpatterns = [path("", include("fangxian.ops.pages.urls"))]

handler400 = "fangxian.ops.pages.views.errors.bad_request"
handler403 = "fangxian.ops.pages.views.errors.forbidden"
handler404 = "fangxian.ops.pages.views.errors.not_found"
handler500 = "fangxian.ops.pages.views.errors.server_error"
