# The host of an office, as the office's members hear of it.
cmd-host-join = Keep a second copy with a host that cannot read it, and work from several machines.
cmd-host-join-more = FILE is the letter that the host's operator gave you. Everything that is sealed here is sent there, sealed as it is. A second machine starts from a backup with "amparo restore FOLDER --host FILE".
cmd-host-status = Say whether the host answers, what waits to be sent, and whether it kept its word.
cmd-host-sync = Send what waits, and take in what the office's other machines wrote.
answer-host-joined = This office has joined { $address }. The host keeps what is sealed and cannot read it.
answer-host-reached = The host { $address } answers.
answer-host-away = The host { $address } was not reached. Papers can be added, read and corrected all the same, and are sent later. Forgetting, new cases, members and accesses must wait for it.
answer-host-waiting = { $count ->
    [0] Nothing waits to be sent.
    [one] 1 thing waits to be sent.
   *[other] { $count } things wait to be sent.
}
answer-host-anew = { $case }: somebody else wrote while this machine was cut off. { $sealed } entries written here now stand behind theirs; { $dropped } were no longer needed; { $waiting } wait until the member who wrote them unlocks.
answer-host-diverged = { $case }: entries written here while the machine was cut off still wait to be placed behind those of others. Unlock as the member who wrote them, and run "amparo host sync".
answer-host-rolled-back = { $case }: THE HOST LOST ENTRIES. It had confirmed entry { $acknowledged } and now shows only { $there }. Nothing is lost here. Tell whoever runs the host, and keep this machine and your backups.
answer-host-forked = { $case }: THE HOST SHOWS ANOTHER HISTORY at entry { $seq } than the one it confirmed. Nothing of it was taken in. Tell whoever runs the host, and keep this machine and your backups.
answer-host-gone = { $case }: the host no longer has it. If the case was destroyed by order, this machine follows at its next start; if not, tell whoever runs the host.
word-office-journal = the office's own list
problem-host-letter = This file is not a host's letter. Ask whoever runs the host for the letter again, and give the file as you received it.
problem-host-joined = This office has a host already. Run "amparo host status".
problem-no-host = This office has no host: everything is on this machine and in its backups. "amparo help host join" says how to join one.
problem-host-away = The host was not reached, and this needs it: others of your office must see it at once. What can wait (adding, reading and correcting papers) works without it. Check the connection and try again.
problem-host-stranger = The host does not know this office. Join with the letter of the host's operator ("amparo host join"); if you joined before, the office's key may have changed: ask whoever runs the host.
problem-host-refused = The host refused ({ $why }). What you wrote is still on this machine. Ask whoever runs the host, or see "amparo host status".
problem-cannot-read = { $path } cannot be read. Check the name, and that this account may read it.
flag-host = the letter of the office's host: take in what other machines wrote since the backup, and work together with them
problem-host-worked-before = This machine wrote in the office's own list after it was restored and before it joined, and so did another: neither can be placed behind the other. Bring it back once more from the backup, joining at once: "amparo restore FOLDER --host LETTER" into an empty home.
