"""Presidio's analyzer behind the interface of its own container: POST /analyze, GET /health. usage: server.py ANALYZER_YAML PORT"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from presidio_analyzer import AnalyzerEngineProvider, BatchAnalyzerEngine
from presidio_analyzer.analyzer_request import AnalyzerRequest

engine = AnalyzerEngineProvider(analyzer_engine_conf_file=sys.argv[1]).create_engine()
batch = BatchAnalyzerEngine(engine)


def analyze(body):
    request = AnalyzerRequest(body)
    if not request.text:
        raise ValueError("No text provided")
    if not request.language:
        raise ValueError("No language provided")
    texts = request.text if isinstance(request.text, list) else [request.text]
    found = batch.analyze_iterator(
        texts=texts,
        batch_size=min(len(texts), 500),
        language=request.language,
        entities=request.entities,
        score_threshold=request.score_threshold,
        correlation_id=request.correlation_id,
        return_decision_process=request.return_decision_process,
    )
    shaped = [[one.to_dict() for one in results] for results in found]
    for results in shaped:
        for one in results:
            one.pop("recognition_metadata", None)
    return shaped if isinstance(request.text, list) else shaped[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        content = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.answer(200 if self.path == "/health" else 404, "Presidio Analyzer service is up")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            self.answer(200, analyze(json.loads(body)))
        except Exception as error:  # as the container does: whatever went wrong is a 500
            self.answer(500, {"error": str(error)})

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
