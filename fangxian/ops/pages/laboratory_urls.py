"""The addresses of the laboratory at work, which stand among every page's."""

from django.urls import path

from fangxian.ops.pages.views import (
    laboratory_files,
    laboratory_home,
    laboratory_plates,
    laboratory_review,
    laboratory_sent,
)

LABORATORY = [
    path("laboratory", laboratory_home.laboratory, name="laboratory"),
    path("laboratory/boxes", laboratory_home.coming, name="laboratory-coming"),
    path("laboratory/all", laboratory_home.all_laboratories, name="laboratories"),
    path("laboratory/all/<uuid:laboratory_id>", laboratory_home.one_laboratory, name="laboratory-one"),
    path("laboratory/plates", laboratory_plates.plates, name="laboratory-plates"),
    path("laboratory/plates/<uuid:plate_id>", laboratory_plates.plate, name="laboratory-plate"),
    path("laboratory/plates/<uuid:plate_id>/worklist.csv", laboratory_plates.worklist, name="laboratory-worklist"),
    path("laboratory/plates/<uuid:plate_id>/typed", laboratory_plates.typed, name="laboratory-plate-typed"),
    path("laboratory/files", laboratory_files.files, name="laboratory-files"),
    path("laboratory/files/<uuid:intake_id>", laboratory_files.file, name="laboratory-file"),
    path("laboratory/files/<uuid:intake_id>/refused", laboratory_files.file_refused, name="laboratory-file-refused"),
    path("laboratory/review", laboratory_review.review, name="laboratory-review"),
    path("laboratory/review/<uuid:batch_id>", laboratory_review.batch, name="laboratory-batch"),
    path("laboratory/review/<uuid:batch_id>/typed", laboratory_review.typed_again, name="laboratory-typed-again"),
    path("laboratory/withdraw", laboratory_review.find_to_withdraw, name="laboratory-withdraw"),
    path("laboratory/tubes/<uuid:tube_id>", laboratory_review.tube, name="laboratory-tube"),
    path("laboratory/sent", laboratory_sent.sent, name="laboratory-sent"),
    path("laboratory/sent/<uuid:consignment_id>", laboratory_sent.consignment, name="laboratory-consignment"),
    path(
        "laboratory/sent/<uuid:consignment_id>/list.csv",
        laboratory_sent.consignment_list,
        name="laboratory-consignment-list",
    ),
]
