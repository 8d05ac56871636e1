using Dashtam.Jobs.Core.Infrastructure.Notices;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Remembers what was sent; a test may say how a notice ends.</summary>
internal sealed class FakeNotices : INotices
{
    private readonly HashSet<string> _delivered = [];

    public List<Notice> Sent { get; } = [];

    /// <summary>How a notice ends that was not delivered before; throws what a test wants.</summary>
    public Func<Notice, NoticeOutcome> Answer { get; set; } = _ => NoticeOutcome.Delivered;

    public Task<NoticeOutcome> SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Sent.Add(notice);
        if (notice.OnceKey is { } key && _delivered.Contains(key))
        {
            return Task.FromResult(NoticeOutcome.AlreadySent);
        }

        var outcome = Answer(notice);
        if (outcome is NoticeOutcome.Delivered or NoticeOutcome.Retained && notice.OnceKey is { } once)
        {
            _delivered.Add(once);
        }

        return Task.FromResult(outcome);
    }
}
