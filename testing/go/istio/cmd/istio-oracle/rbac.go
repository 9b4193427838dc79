package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacpb "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbactcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

type rbac = rbacpb.RBAC

// rbacsOf are the rules of filters; of those that are only tried out there are none.
func rbacsOf(filters []*listener.Filter) ([]*rbac, error) {
	var found []*rbac
	for _, filter := range filters {
		rules := &rbactcp.RBAC{}
		if err := filter.GetTypedConfig().UnmarshalTo(rules); err != nil {
			return nil, err
		}
		if rules.Rules != nil {
			found = append(found, rules.Rules)
		}
	}
	return found, nil
}

// passesFilter is what Envoy makes of a connection (envoy/config/rbac/v3/rbac.proto).
func passesFilter(rules *rbac, c connection) (bool, error) {
	matched := false
	for _, policy := range rules.Policies {
		permitted, err := anyOf(policy.Permissions, c, permission)
		if err != nil {
			return false, err
		}
		meant, err := anyOf(policy.Principals, c, principal)
		if err != nil {
			return false, err
		}
		matched = matched || (permitted && meant)
	}
	switch rules.Action {
	case rbacpb.RBAC_ALLOW:
		return matched, nil
	case rbacpb.RBAC_DENY:
		return !matched, nil
	default:
		return true, nil
	}
}

func anyOf[T any](all []T, c connection, is func(T, connection) (bool, error)) (bool, error) {
	for _, one := range all {
		ok, err := is(one, c)
		if err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func allOf[T any](all []T, c connection, is func(T, connection) (bool, error)) (bool, error) {
	for _, one := range all {
		ok, err := is(one, c)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func permission(p *rbacpb.Permission, c connection) (bool, error) {
	switch rule := p.Rule.(type) {
	case *rbacpb.Permission_Any:
		return rule.Any, nil
	case *rbacpb.Permission_AndRules:
		return allOf(rule.AndRules.Rules, c, permission)
	case *rbacpb.Permission_OrRules:
		return anyOf(rule.OrRules.Rules, c, permission)
	case *rbacpb.Permission_NotRule:
		ok, err := permission(rule.NotRule, c)
		return !ok, err
	case *rbacpb.Permission_DestinationPort:
		return rule.DestinationPort == c.Port, nil
	case *rbacpb.Permission_DestinationIp:
		return contains(rule.DestinationIp, c.To)
	default:
		return false, fmt.Errorf("permission %T is not known", p.Rule)
	}
}

func principal(p *rbacpb.Principal, c connection) (bool, error) {
	switch id := p.Identifier.(type) {
	case *rbacpb.Principal_Any:
		return id.Any, nil
	case *rbacpb.Principal_AndIds:
		return allOf(id.AndIds.Ids, c, principal)
	case *rbacpb.Principal_OrIds:
		return anyOf(id.OrIds.Ids, c, principal)
	case *rbacpb.Principal_NotId:
		ok, err := principal(id.NotId, c)
		return !ok, err
	case *rbacpb.Principal_Authenticated_:
		if c.Identity == "" {
			return false, nil
		}
		return text(id.Authenticated.PrincipalName, c.Identity)
	case *rbacpb.Principal_FilterState:
		if c.Identity == "" {
			return false, nil
		}
		return text(id.FilterState.GetStringMatch(), c.Identity)
	case *rbacpb.Principal_DirectRemoteIp:
		return contains(id.DirectRemoteIp, c.From)
	default:
		return false, fmt.Errorf("principal %T is not known", p.Identifier)
	}
}

func text(m *matcher.StringMatcher, value string) (bool, error) {
	switch pattern := m.MatchPattern.(type) {
	case *matcher.StringMatcher_Exact:
		return value == pattern.Exact, nil
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(value, pattern.Prefix), nil
	case *matcher.StringMatcher_Suffix:
		return strings.HasSuffix(value, pattern.Suffix), nil
	case *matcher.StringMatcher_SafeRegex:
		// Envoy has the whole of a text match.
		whole, err := regexp.Compile("^(?:" + pattern.SafeRegex.Regex + ")$")
		if err != nil {
			return false, err
		}
		return whole.MatchString(value), nil
	default:
		return false, fmt.Errorf("matcher %T is not known", m.MatchPattern)
	}
}

func contains(cidr *core.CidrRange, address string) (bool, error) {
	own, err := netip.ParseAddr(cidr.AddressPrefix)
	if err != nil {
		return false, err
	}
	other, err := netip.ParseAddr(address)
	if err != nil {
		return false, err
	}
	return netip.PrefixFrom(own, int(cidr.PrefixLen.GetValue())).Masked().Contains(other), nil
}
