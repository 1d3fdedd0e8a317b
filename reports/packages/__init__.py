"""季度汇总 as packages: each is asked for once, built by a job, kept as verified files, issued (印发).

The deeds:

asking      request, cancel, again
building    what the job does: claim, derive anew, build, keep; all or nothing
wording     the briefing worded by coordinators
issuing     印发, 撤回

What happens by itself:

due         which packages the system asks for
tending     builds and mails that wait or were abandoned, files that a dead builder left
announcing  who is told, and by which mails
mailing     those mails, sent

What is kept, and read again:

files       the files that every package has, and how each is made
keeping     contents into the storage, checked before they count
kept_facts  the facts beside an edition's files
comparing   two packages
verifying   whether a file was built here, and what has changed since

The pages, above all that in `views`: `page`, `textpage`, `onepage`, `forms`, who sees what (`seeing`, `questions`), and
how a waiting browser asks again (`polling`). `demo` makes the packages of the demonstration.
"""
