"""季度汇总 as packages: each is asked for once, built by a job, kept as verified files, issued (印发).

asking      the deeds of who wants one: request, cancel, again
building    what the job does: claim, derive anew, build, keep; all or nothing
keeping     contents into the storage, checked before they count
issuing     印发, 撤回, and the briefing's wording
due         which packages the system asks for by itself
announcing  who is told, and by which mails
"""
