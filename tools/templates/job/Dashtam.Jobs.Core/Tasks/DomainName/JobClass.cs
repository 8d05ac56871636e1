using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Core.Tasks.DomainName;

/// <summary>Does nothing yet: say here in one sentence what it is for.</summary>
/// <remarks>
/// Schedule: none; it runs on request.
/// Returns: <c>checked</c> 0, <c>processed</c> 0, <c>errors</c> 0.
/// </remarks>
[Job("job_name", Category = "categoryname")]
internal sealed class JobClass : IJobHandler
{
    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(new JobSummary(Checked: 0, Processed: 0, Errors: 0));
}
