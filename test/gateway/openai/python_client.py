"""An unchanged program for OpenAI, by the official Python client: python_client.py URL KEY TRAINING_FILE. Prints a JSON line."""

import json
import sys
import time

import openai

url, key, path = sys.argv[1:4]
client = openai.OpenAI(base_url=url, api_key=key)

with open(path, "rb") as data:
    file = client.files.create(file=data, purpose="fine-tune")
file = client.files.wait_for_processing(file.id, poll_interval=0.05)
job = client.fine_tuning.jobs.create(
    model="stand-in-mini", training_file=file.id, seed=1, suffix="python", metadata={"run": "p1"}
)
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.05)
    job = client.fine_tuning.jobs.retrieve(job.id)

messages = [{"role": "user", "content": "where is my parcel"}]
answer = client.chat.completions.create(model=job.fine_tuned_model, messages=messages)
chunks = client.chat.completions.create(
    model=job.fine_tuned_model, messages=messages, stream=True
)
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
try:
    client.chat.completions.create(model="gpt-none", messages=messages)
    missing = None
except openai.NotFoundError as error:
    missing = error.code
try:
    openai.OpenAI(base_url=url, api_key="sk-another").models.list()
    stranger = None
except openai.AuthenticationError as error:
    stranger = error.code

print(
    json.dumps(
        {
            "status": job.status,
            "events": len(list(client.fine_tuning.jobs.list_events(job.id, limit=5))) > 10,
            "checkpoints": len(client.fine_tuning.jobs.checkpoints.list(job.id).data) > 0,
            "model": client.models.retrieve(job.fine_tuned_model).owned_by,
            "same": answer.choices[0].message.content == streamed,
            "answer": answer.choices[0].message.content,
            "missing": missing,
            "stranger": stranger,
            "deleted": client.files.delete(file.id).deleted,
        }
    )
)
