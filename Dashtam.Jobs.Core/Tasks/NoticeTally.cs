using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Notices;

namespace Dashtam.Jobs.Core.Tasks;

/// <summary>How the notices of a run ended. Each expiring row is in one of the last four counts.</summary>
internal sealed class NoticeTally
{
    private long _expired;
    private long _notified;
    private long _alreadyNotified;
    private long _undelivered;
    private long _errors;

    private long Expiring => _notified + _alreadyNotified + _undelivered + _errors;

    /// <summary>Counts a row whose time has already passed, besides how its notice ended.</summary>
    public void AddExpired() => _expired++;

    public void AddError() => _errors++;

    public void Add(NoticeOutcome outcome)
    {
        switch (outcome)
        {
            case NoticeOutcome.Delivered or NoticeOutcome.Retained:
                _notified++;
                break;
            case NoticeOutcome.AlreadySent:
                _alreadyNotified++;
                break;
            default:
                _undelivered++;
                break;
        }
    }

    /// <summary>The counts as a job returns them.</summary>
    /// <param name="active">All rows, expiring or not.</param>
    /// <param name="withExpired">Whether rows of the past are among the expiring ones.</param>
    public JobSummary Summary(long active, bool withExpired)
    {
        var summary = new JobSummary(active, Expiring - _errors, _errors).With("expiring", Expiring);
        summary = withExpired ? summary.With("expired", _expired) : summary;
        return summary
            .With("notified", _notified)
            .With("already_notified", _alreadyNotified)
            .With("undelivered", _undelivered);
    }
}
