using Dashtam.Jobs.Core.Infrastructure.Effects;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A store in memory that refuses an effect whose fence token is too low.</summary>
internal sealed class FakeEffects : IFencedEffects
{
    public List<(string Name, long Token, bool Accepted)> Offered { get; } = [];

    public Task<EffectReply> RecordAsync(string name, long fenceToken, CancellationToken cancellationToken)
    {
        var accepted = !Offered.Exists(offer => offer.Name == name && offer.Accepted && offer.Token > fenceToken);
        Offered.Add((name, fenceToken, accepted));
        return Task.FromResult(new EffectReply(accepted, Offered.Count));
    }
}
