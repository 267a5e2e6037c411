"""Drives a simulator with the official Python client: python_client.py URL TRAINING_FILE. Prints one JSON line."""

import json
import sys
import time

import openai

url, path = sys.argv[1:3]
client = openai.OpenAI(base_url=url, api_key="sk-test", max_retries=0)

with open(path, "rb") as data:
    file = client.files.create(file=data, purpose="fine-tune")
file = client.files.wait_for_processing(file.id, poll_interval=0.05)
job = client.fine_tuning.jobs.create(
    model="gpt-4.1-mini", training_file=file.id, seed=1, suffix="python", metadata={"run": "p1"}
)
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.05)
    job = client.fine_tuning.jobs.retrieve(job.id)

messages = [{"role": "user", "content": "where is the parcel"}]
answer = client.chat.completions.create(model=job.fine_tuned_model, messages=messages)
chunks = client.chat.completions.create(model=job.fine_tuned_model, messages=messages, stream=True)
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
try:
    client.models.retrieve("gpt-none")
    missing = None
except openai.NotFoundError as error:
    missing = error.code

print(
    json.dumps(
        {
            "file": file.status,
            "status": job.status,
            "jobs": [each.id for each in client.fine_tuning.jobs.list(metadata={"run": "p1"})] == [job.id],
            "events": len(list(client.fine_tuning.jobs.list_events(job.id, limit=10))) > 10,
            "checkpoints": len(client.fine_tuning.jobs.checkpoints.list(job.id).data),
            "answer": answer.choices[0].message.content,
            "streamed": streamed,
            "missing": missing,
            "deleted": client.models.delete(job.fine_tuned_model).deleted,
        }
    )
)
