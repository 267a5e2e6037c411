from tunewright_trainer.job import Job

from .support import job


def test_a_job_that_names_no_objective_learns_from_answers() -> None:
    told = job("older")
    del told["objective"], told["beta"]
    assert (Job.from_json(told).objective, Job.from_json(told).beta) == ("supervised", 0.1)
