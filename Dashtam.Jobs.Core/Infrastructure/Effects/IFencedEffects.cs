namespace Dashtam.Jobs.Core.Infrastructure.Effects;

/// <summary>What became of an effect.</summary>
/// <param name="Accepted">False: an effect with a higher fence token was there first, and this one was refused.</param>
/// <param name="Order">Effects offered under this name so far, this one included.</param>
internal readonly record struct EffectReply(bool Accepted, long Order);

/// <summary>The smallest store that fence tokens protect; <c>run_canary</c> writes to it, to show that they do.</summary>
internal interface IFencedEffects
{
    /// <summary>Records an effect under a name, unless one with a higher token is recorded already.</summary>
    Task<EffectReply> RecordAsync(string name, long fenceToken, CancellationToken cancellationToken);
}
