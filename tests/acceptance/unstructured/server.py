"""The partition endpoint of the Unstructured API over the published library, for machines without its container image."""

import io
import os
import re
import sys

import spacy
from spacy.language import Language

VERBS = set(
    "is are was were be been being am has have had do does did will would can could shall should may might must "
    "say make get go take see know find use show set keep let put tell hold mean meet pay send build fall cut read "
    "contain include need support provide require allow return increase describe".split()
)


@Language.component("rule_tagger")
def rule_tagger(doc):
    """The library asks for words, sentences and verbs only; the model it downloads for that is in no package registry."""
    for token in doc:
        verb = token.lower_ in VERBS or re.fullmatch(r"[a-z]{3,}(ed|ing|es)", token.lower_)
        token.tag_ = "VB" if verb else "NN"
    return doc


def load_rules(*_args, **_kwargs):
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("rule_tagger")
    return pipeline


spacy.load = load_rules

import uvicorn  # noqa: E402
from fastapi import FastAPI, Form, HTTPException, UploadFile  # noqa: E402
from fastapi.responses import JSONResponse  # noqa: E402
from unstructured.file_utils.filetype import detect_filetype  # noqa: E402
from unstructured.file_utils.model import FileType  # noqa: E402
from unstructured.partition.auto import partition  # noqa: E402
from unstructured.staging.base import convert_to_isd  # noqa: E402

app = FastAPI()


@app.exception_handler(Exception)
async def failed(_request, error):
    return JSONResponse(status_code=500, content={"detail": str(error)})


@app.get("/healthcheck")
def healthcheck():
    return {"healthcheck": "HEALTHCHECK STATUS: EVERYTHING OK!"}


@app.post("/general/v0/general")
def general(
    files: list[UploadFile],
    strategy: str = Form("auto"),
    coordinates: bool = Form(False),
    languages: list[str] = Form([]),
    encoding: str = Form("utf-8"),
):
    if strategy not in ("fast", "hi_res", "auto", "ocr_only"):
        raise HTTPException(422, f"Invalid strategy: {strategy}")
    answers = []
    for upload in files:
        data = io.BytesIO(upload.file.read())
        data.name = upload.filename
        kind = FileType.from_mime_type((upload.content_type or "").split(";")[0])
        if not kind or kind == FileType.UNK:
            kind = detect_filetype(file=data)
        if not kind.is_partitionable:
            raise HTTPException(400, f"File type {kind.mime_type} is not supported.")
        elements = partition(
            file=data,
            metadata_filename=upload.filename,
            content_type=kind.mime_type,
            strategy=strategy,
            languages=languages or None,
            encoding=encoding,
            pdf_infer_table_structure=strategy in ("hi_res", "auto"),
            include_page_breaks=False,
            include_slide_notes=True,
        )
        for element in elements:
            element.metadata.filename = os.path.basename(upload.filename)
            if not coordinates:
                element.metadata.coordinates = None
        answers.append(convert_to_isd(elements))
    return answers[0] if len(answers) == 1 else answers


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
